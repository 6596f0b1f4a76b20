# Thin: `make run` starts Kapok with embedded defaults, `make test` checks everything.
.PHONY: run test soak bench extism toolchain plugins guests host images examples fmt-check pure lint

CARGO ?= cargo
WASM = --locked --profile plugin --target wasm32-wasip2
PLUGINS = -p routing -p escalation -p knowledge -p citations -p tianhe-routing \
	-p nansha-escalation -p yuexiu-english
EXAMPLES = plugins/districts/panyu-knowledge plugins/districts/huangpu-escalation
ADAPTERS = -p http-routing -p http-escalation -p http-knowledge
PURE = -p contract -p calendar -p lifecycle -p knowledge_base -p engine

run: images
	target/release/kapok serve

# Cheapest first; the pure crates are tested before wasmtime compiles.
test: fmt-check pure lint images guests examples
	$(CARGO) test --locked --release --workspace

# Many simulated lives of a city, so many from the first seed on; one that finds something prints itself.
FIRST ?= 1000
SEEDS ?= 5000
soak:
	KAPOK_SEED=$(FIRST) KAPOK_SEEDS=$(SEEDS) $(CARGO) test --locked --release $(PURE) \
		--test simulation asked_for -- --nocapture

bench: images guests extism
	$(CARGO) bench --locked --profile release -p tests
	$(CARGO) bench --locked --profile release -p search

# The city's routing rules under Extism, which `make bench` compares with. A workspace of its own, because
# Extism brings another wasmtime.
extism: toolchain
	cd tests/benches/extism && export CARGO_TARGET_DIR=../../../target/extism && \
		$(CARGO) build $(WASM) -p extism-guest && $(CARGO) build --locked --release -p extism-host

# The target wasm32-wasip2, from rustup or from Debian's packages.
toolchain:
	plugins/toolchain.sh

plugins: toolchain
	$(CARGO) build $(WASM) $(PLUGINS) $(ADAPTERS)

# Bad plugins for the tests.
guests: toolchain
	$(CARGO) build $(WASM) -p guests --examples

host:
	$(CARGO) build --locked --release -p kapok

# Components with their settings frozen in, as plugins/rules.toml lists them.
images: plugins host
	target/release/kapok bake

# Plugins in Python and JavaScript, for the tests alone; what builds them is installed once, into target/
# beside each.
examples: host
	for plugin in $(EXAMPLES); do target/release/kapok plugin build --if-changed $$plugin || exit 1; done

fmt-check:
	$(CARGO) fmt --all --check

pure:
	$(CARGO) test --locked --release $(PURE)

lint:
	$(CARGO) clippy --locked --release --workspace --all-targets -- -D warnings
