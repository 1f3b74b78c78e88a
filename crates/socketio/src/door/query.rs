//! What the address of a request says.

use crate::session::Id;

/// How a client wants to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Polling,
    WebSocket,
}

/// The parameters that mean something here. Of one that is there twice the first counts.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) transport: Option<Transport>,
    /// The session's id, if one is named; it may be none of ours.
    pub(super) session: Option<Result<Id, ()>>,
    pub(super) is_version_4: bool,
}

impl Query {
    /// Reads the part behind the question mark. None of the values that are known here has a letter
    /// that needs to be escaped.
    pub(super) fn parse(query: &str) -> Self {
        let value = |name: &str| {
            let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let transport = match value("transport") {
            Some("polling") => Some(Transport::Polling),
            Some("websocket") => Some(Transport::WebSocket),
            _ => None,
        };
        let session = value("sid").filter(|sid| !sid.is_empty());
        Self {
            transport,
            session: session.map(|sid| sid.parse().map_err(|_not_ours| ())),
            is_version_4: value("EIO") == Some("4"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_are_found_in_any_order() {
        let query = Query::parse("t=abc&sid=AAAAAAAAAAAAAAAAAAAAAA&transport=websocket&EIO=4");
        assert_eq!(query.transport, Some(Transport::WebSocket));
        assert!(query.session.unwrap().is_ok());
        assert!(query.is_version_4);
    }

    #[test]
    fn anything_else_is_not_understood() {
        let query = Query::parse("EIO=3&transport=__proto__&sid=x");
        assert_eq!(query.transport, None);
        assert_eq!(query.session, Some(Err(())));
        assert!(!query.is_version_4);
        assert!(Query::parse("").session.is_none());
        assert!(Query::parse("sid=").session.is_none());
        assert!(Query::parse("xsid=AAAAAAAAAAAAAAAAAAAAAA&&=").session.is_none());
    }
}
