# `make run` and `make test` do everything on a fresh Debian machine with Rust, Node 20 and make.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: run build dev web test test-rust test-differential test-autobahn test-web test-e2e test-slow test-promise torture durable loadgen-build \
	bench bench-quick bench-build check types protocol example deny fuzz browser python strace eatmydata screenshots page-figures clean

BINARY := target/release/gif-chat
PAGE := web/dist/.vite/manifest.json
# Programs that tests run are built with the tests: any other choice of parts builds most of them once more.
TEST_BUILD := cargo test --workspace --locked --no-run
PAGE_SOURCES := $(shell find web/src web/build web/public -type f 2>/dev/null) \
	$(wildcard web/*.json web/*.ts web/*.js) $(wildcard crates/gif-chat/locales/*.toml)
CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := target/tools/bin/cargo-deny
CARGO_FUZZ_VERSION := 0.13.2
CARGO_FUZZ := target/tools/bin/cargo-fuzz
FUZZ_SECONDS := 60
FUZZ_TARGETS := websocket payload packet strict binary
DIFFERENTIAL := crates/socketio/differential
BOTS := examples/bots
AUTOBAHN := crates/socketio/autobahn
AUTOBAHN_PACKAGES := target/tools/autobahn
# The last Python that Autobahn runs on: on the path, or where pyenv keeps it.
PYTHON2 = $(shell for python in python2.7 $(HOME)/.pyenv/versions/2.7.*/bin/python2.7; do \
	$$python -c 'import pip' 2>/dev/null && echo $$python && break; done)
EATMYDATA := /usr/lib/*/libeatmydata.so
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

## run: build the server and start it on http://localhost:8005
run: build
	./$(BINARY)

## build: leave the release binary at target/release/gif-chat
build: web
	cargo build --release --locked

## dev: rebuild the page at every change and run a debug server (restart it to see the page)
dev: web
	cd web && npm run dev & trap "kill $$!" EXIT; cargo run

## web: build the page that the binary embeds
web: $(PAGE)

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

$(PAGE): web/node_modules/.package-lock.json $(PAGE_SOURCES)
	cd web && npm run build
	touch $@

## test: every test there is
test: test-rust test-differential test-autobahn test-web test-e2e test-promise

test-rust: web strace
	cargo test --workspace --locked

## test-differential: the engine against npm socket.io, by raw packets and by official clients
test-differential: python $(DIFFERENTIAL)/node_modules/.package-lock.json $(DIFFERENTIAL)/python_modules/.done
	$(TEST_BUILD)
	cd $(DIFFERENTIAL) && node compare.mjs

$(DIFFERENTIAL)/node_modules/.package-lock.json: $(DIFFERENTIAL)/package.json $(DIFFERENTIAL)/package-lock.json
	cd $(DIFFERENTIAL) && npm ci --no-audit --no-fund
	touch $@

$(DIFFERENTIAL)/python_modules/.done $(BOTS)/python/python_modules/.done: %/python_modules/.done: %/requirements.txt
	rm -rf $(@D)
	python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore \
		--no-deps --only-binary :all: --require-hashes --target $(@D) --requirement $<
	touch $@

## test-autobahn: Autobahn's cases for WebSocket against the lesson and the engine's frames, where Python 2.7 is
test-autobahn: web
	@python2="$(PYTHON2)"; \
	if [ -n "$$python2" ]; then $(MAKE) --no-print-directory autobahn PYTHON2="$$python2"; \
	else echo "Autobahn's cases are left out: they need Python 2.7 with pip, which is not here"; fi

.PHONY: autobahn
autobahn: $(AUTOBAHN_PACKAGES)/.done
	node $(AUTOBAHN)/run.mjs $(PYTHON2) $(abspath $(AUTOBAHN_PACKAGES))

$(AUTOBAHN_PACKAGES)/.done: $(AUTOBAHN)/requirements.txt
	rm -rf $(@D)
	$(PYTHON2) -m pip install --quiet --disable-pip-version-check \
		--no-deps --require-hashes --target $(@D) --requirement $<
	touch $@

## test-promise: ten kills, two hundred power cuts, and whether fsync comes before every ack
test-promise: build strace eatmydata
	$(TEST_BUILD)
	./target/debug/loadgen order
	./target/debug/loadgen order --without-fsync libeatmydata.so
	./target/debug/loadgen cuts --cuts 200
	./target/debug/loadgen torture --kills 10 --messages 20000

## torture: 200 kills under a million messages, and a thousand power cuts; half an hour
torture: loadgen-build
	./target/release/loadgen order
	./target/release/loadgen cuts --cuts 1000
	./target/release/loadgen torture --kills 200 --messages 1000000

## durable: what it costs that acknowledged messages are on disk, beside a server whose fsync does nothing
durable: loadgen-build
	./target/release/loadgen durable

loadgen-build: build strace eatmydata
	cargo build --release --locked -p loadgen

## strace: install what makes system calls fail and writes them down, if it is missing
strace:
	@command -v strace >/dev/null \
		|| { $(AS_ROOT) apt-get update -q \
		&& $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends strace; }

## eatmydata: install a library that makes fsync do nothing, to see what it costs and that its lack is seen
eatmydata:
	@ls $(EATMYDATA) >/dev/null 2>&1 \
		|| { $(AS_ROOT) apt-get update -q \
		&& $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends libeatmydata1; }

## python: install Debian's Python and its pip, if they are missing
python:
	@python3 -m pip --version >/dev/null 2>&1 \
		|| { $(AS_ROOT) apt-get update -q \
		&& $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
			python3 python3-pip; }

test-web: web/node_modules/.package-lock.json
	cd web && npm run check && npm test

e2e/node_modules/.package-lock.json: e2e/package.json e2e/package-lock.json
	cd e2e && npm ci --no-audit --no-fund
	touch $@

$(BOTS)/javascript/node_modules/.package-lock.json: $(BOTS)/javascript/package.json $(BOTS)/javascript/package-lock.json
	cd $(BOTS)/javascript && npm ci --no-audit --no-fund
	touch $@

test-e2e: build browser python e2e/node_modules/.package-lock.json \
		$(BOTS)/javascript/node_modules/.package-lock.json $(BOTS)/python/python_modules/.done
	$(TEST_BUILD)
	cd e2e && npm test

## test-slow: the browser tests where everything arrives late; who passes only on a fast network does not wait enough
test-slow: export GIFCHAT_TEST_LAG_MS ?= 400
test-slow: test-e2e

bench/peers/node_modules/.package-lock.json: bench/peers/package.json bench/peers/package-lock.json
	cd bench/peers && npm ci --no-audit --no-fund
	touch $@

bench-build: build bench/peers/node_modules/.package-lock.json
	cargo build --release --locked -p bench

## bench: measure the engine and the product against others; some twenty minutes, into bench/results
bench: bench-build
	./target/release/bench run

## bench-quick: the same in a few minutes, less exactly
bench-quick: bench-build
	./target/release/bench run --quick

## browser: install Debian's Chromium and fonts for Korean, if they are missing
browser:
	@command -v chromium-headless-shell >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk' \
		&& fc-list | grep -qi 'noto.*emoji' \
		|| { $(AS_ROOT) apt-get update -q \
		&& $(AS_ROOT) env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends \
			chromium-headless-shell fontconfig fonts-noto-cjk fonts-noto-color-emoji; }

## check: format, lints, documentation, types, licences
check: web web/node_modules/.package-lock.json deny
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked
	cd web && npm run check

## types: write web/src/wire.ts anew from the server's types
types: web
	GIFCHAT_WRITE_TYPES=1 cargo test -p gif-chat --lib wire

## protocol: write the examples of docs/protocol.md anew from what the server sends
protocol: web
	GIFCHAT_WRITE_PROTOCOL=1 cargo test -p gif-chat --lib wire

## example: write config.example.toml anew from the server's keys
example: web
	GIFCHAT_WRITE_EXAMPLE=1 cargo test -p gif-chat --test it config_example

## deny: licences, sources and banned crates of all dependencies
deny: $(CARGO_DENY)
	$(CARGO_DENY) --locked check bans licenses sources

# Built without optimisation: it runs for a second.
$(CARGO_DENY):
	cargo install cargo-deny --version $(CARGO_DENY_VERSION) --locked --debug --root target/tools

## fuzz: random input for the codecs, FUZZ_SECONDS for each target
fuzz: $(CARGO_FUZZ)
	cd crates/socketio && for target in $(FUZZ_TARGETS); do \
		mkdir -p fuzz/target/corpus/$$target \
		&& RUSTC_BOOTSTRAP=1 $(abspath $(CARGO_FUZZ)) run $$target \
			fuzz/target/corpus/$$target fuzz/corpus/$$target \
			-- -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

$(CARGO_FUZZ):
	cargo install cargo-fuzz --version $(CARGO_FUZZ_VERSION) --locked --root target/tools

## screenshots: pictures of every page into e2e/results/screenshots
screenshots: build browser e2e/node_modules/.package-lock.json
	cd e2e && npm run screenshots

## page-figures: how long a slow phone waits for lobby and room, as Chromium tells it
page-figures: build browser e2e/node_modules/.package-lock.json
	cd e2e && npm run figures

clean:
	cargo clean
	rm -rf $(DIFFERENTIAL)/node_modules $(DIFFERENTIAL)/python_modules web/dist web/node_modules e2e/node_modules \
		e2e/results bench/peers/node_modules $(BOTS)/javascript/node_modules $(BOTS)/python/python_modules
