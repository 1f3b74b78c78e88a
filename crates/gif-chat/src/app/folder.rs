//! The data folder and the secret in it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use crate::chat::RandomSource;
use crate::config::Config;

/// Shorter secrets can be guessed.
const SECRET_BYTES_MIN: usize = 32;

/// Makes the folder, for the server's own user only. Its name is durable when this returns: whatever
/// is made durable in it later would otherwise be lost with it.
pub(super) fn prepare(folder: &Path) -> io::Result<()> {
    let missing = folder.ancestors().take_while(|ancestor| !is_there(ancestor));
    let missing: Vec<_> = missing.collect();
    if missing.is_empty() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    for made in missing {
        let parent = made.parent().filter(|parent| !parent.as_os_str().is_empty());
        fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// The empty path is the folder in which the process was started.
fn is_there(folder: &Path) -> bool {
    folder.as_os_str().is_empty() || folder.is_dir()
}

/// The secret that signs sessions: configured, or kept in the folder since the first start.
pub(super) fn secret(config: &Config, random: &dyn RandomSource) -> io::Result<Vec<u8>> {
    let configured = config.cookie_secret.as_bytes();
    if configured.is_empty() {
        return kept_secret(&config.data, random);
    }
    if configured.len() < SECRET_BYTES_MIN {
        tracing::warn!(
            "cookie_secret has fewer than {SECRET_BYTES_MIN} bytes and can be guessed; \
             remove it to have one made, or take `openssl rand -hex 32`"
        );
    }
    Ok(configured.to_vec())
}

fn kept_secret(folder: &Path, random: &dyn RandomSource) -> io::Result<Vec<u8>> {
    let path = folder.join("secret.key");
    match fs::File::open(&path) {
        Ok(mut file) => {
            let mut secret = Vec::new();
            file.read_to_end(&mut secret)?;
            if secret.len() < SECRET_BYTES_MIN {
                let cause = format!("{} is cut off; remove it to have a new one", path.display());
                return Err(io::Error::new(io::ErrorKind::InvalidData, cause));
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
            Ok(secret)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_secret(&path, random),
        Err(error) => Err(error),
    }
}

/// Under another name first: a start that is cut short must not leave half a secret.
fn make_secret(path: &Path, random: &dyn RandomSource) -> io::Result<Vec<u8>> {
    let mut secret = vec![0; 64];
    random.fill(&mut secret);
    let half_made = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half_made)?;
    file.write_all(&secret)?;
    file.sync_all()?;
    fs::rename(&half_made, path)?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(secret)
}
