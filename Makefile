# Everything one does with Cellar, by name. `make` alone prints this list.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build install uninstall demo test test-release check docs lint format clean interop blind browser-test fuzz bench bench-quick perf-guard mnist-record scale-test

# One executable; the commands are links to it, and so is its own name in bin/.
commands := cellar trainer registry infer
commit   := $(shell git describe --always --dirty --abbrev=7 --exclude '*' 2>/dev/null || echo unknown)
# With a section for each function, the linker leaves out those that are never called: 0.8 MB.
release  := CELLAR_COMMIT=$(commit) CELLAR_STATIC=1 swift build -c release --static-swift-stdlib \
	-Xswiftc -Xfrontend -Xswiftc -function-sections --product
# Warnings are errors, and number loops are optimized in debug builds too (see Package.swift).
checked  := CELLAR_CHECKS=1 swift

sources  := Sources Tests tools Benchmarks/Sources Package.swift Benchmarks/Package.swift

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup:  ## install the Debian packages that are missing (nothing else, and only with apt-get)
	@scripts/setup.sh

build: setup  ## build the commands into bin/, with manual pages and completions
	$(release) cellar
	@# SwiftPM would link it with the Swift runtime: 6 MB, or a library that a machine without Swift lacks.
	"$$(dirname "$$(readlink -f "$$(command -v swift)")")/clang" -O2 -std=c17 -ISources/CairoDrawing/include \
		Sources/CairoDrawing/*.c -ldl -lm -o .build/release/cellar-draw
	@"$$(dirname "$$(readlink -f "$$(command -v swift)")")/clang" -O2 -std=c17 Sources/RankExchange/main.c -ldl \
		-o .build/release/cellar-mpi
	@mkdir -p bin && for name in $(commands); do ln -sfn ../.build/release/cellar bin/$$name; done
	@scripts/share.sh .build/share

# A shell may leave the ~ of PREFIX=~/.local as it is.
PREFIX ?= /usr/local
prefix := $(DESTDIR)$(patsubst ~/%,$(HOME)/%,$(PREFIX))
shared := $(foreach name,$(commands),man/man1/$(name).1 bash-completion/completions/$(name) \
	zsh/site-functions/_$(name) fish/vendor_completions.d/$(name).fish)

# Under sudo, what the user has built: root may not have Swift, and would own what it builds.
install: $(if $(and $(SUDO_UID),$(wildcard .build/share/man)),,build)  ## install commands, manual pages and completions under PREFIX (with DESTDIR before it)
	install -d "$(prefix)/bin"
	install -s -m 755 $(addprefix .build/release/,cellar cellar-draw cellar-mpi) "$(prefix)/bin"
	for name in $(filter-out cellar,$(commands)); do ln -sfn cellar "$(prefix)/bin/$$name"; done
	for file in $(shared); do install -D -m 644 .build/share/$$file "$(prefix)/share/$$file"; done

uninstall:  ## remove what make install put under PREFIX
	for name in $(commands) cellar-draw cellar-mpi; do rm -f "$(prefix)/bin/$$name"; done
	for file in $(shared); do rm -f "$(prefix)/share/$$file"; done

demo: build  ## the whole story on real data: train, list, compare, promote, predict, evaluate
	@scripts/demo.sh

test: setup  ## every test; needs no Python and, once the packages are fetched, no network
	@$(checked) test --disable-xctest

# At most 40 MB stripped; 34 MB more and ICU's data is back (see Sources/CNoLocaleData).
test-release: build  ## the end-to-end tests on the release build, and its size
	@strip -o .build/stripped .build/release/cellar && size=$$(stat -c %s .build/stripped) && rm .build/stripped && \
		echo "stripped: $$size bytes" && ((size <= 40000000))
	@CELLAR_BIN=$(CURDIR)/bin $(checked) test --disable-xctest --filter EndToEndTests

check: .build/check  ## formatting, imports, links, names, flags, spelling, generated documents: one line each
	@scripts/setup.sh check
	@scripts/check.sh

docs: setup .build/check  ## generate docs/layers.md, docs/commands.md and docs/modules.svg
	@$(checked) build --build-tests --disable-xctest
	@CELLAR_WRITE_DOCS=1 $(checked) test --skip-build --disable-xctest --filter layersDocument
	@scripts/docs.sh docs

.build/check: $(wildcard tools/check/*.swift)
	@mkdir -p .build
	swiftc -O -wmo -swift-version 6 $^ -o $@

lint:  ## formatting and style of the Swift sources
	@swift format lint --strict -p -r $(sources)

format:  ## rewrite the Swift sources in that style
	@swift format -i -p -r $(sources)

clean:  ## remove what was built and what the demo made
	rm -rf .build bin demo .venv-interop .venv-fuzz .venv-bench .venv-scale

interop: build  ## files to and from real Keras 1 to 3 (makes Python environments of its own), writes docs/interop.md
	@tools/interop/interop.sh

SEED   ?= 1
MODELS ?= 20

blind: build  ## MODELS random models of Keras 2 and 3 each, random preparations of tables, and random tables, arrays and labels, from SEED on, held against Cellar (in the environments of make interop)
	@[[ -x .venv-interop/k3/bin/python ]] || { echo 'blind: run make interop once, which makes the environments' >&2; exit 69; }; \
	status=0; for library in tf_keras keras; do \
		.venv-interop/k3/bin/python -W ignore tools/blind/blind.py $$library $(SEED) $(MODELS) || status=1; \
		.venv-interop/k3/bin/python -W ignore tools/blind/scaling.py $$library $(SEED) $(MODELS) || status=1; \
	done; .venv-interop/k3/bin/python -W ignore tools/tables/parity.py bin .build/tables $(SEED) $(MODELS) || status=1; \
	mkdir -p .build/blind && \
	.venv-interop/k3/bin/python Tests/DatasetsTests/Golden/random/make_random.py .build/blind $(SEED) && \
	.venv-interop/k3/bin/python Tests/InferTests/Golden/make_labels.py $(SEED) > .build/labels.json && \
	CELLAR_BLIND=$(CURDIR)/.build/blind CELLAR_LABELS=$(CURDIR)/.build/labels.json $(checked) test --disable-xctest \
		--filter 'Random|standardizedInFloat32|labelColumns|labelReports' || status=1; \
	exit $$status

browser-test: build  ## the pages of reports, cards and explore in headless Chromium (Debian: chromium), screenshots in .build/pages/shots
	@rm -rf .build/pages && python3 tools/browser/browser_test.py bin .build/pages

fuzz: setup  ## damaged and hostile files for a quarter of an hour, libFuzzer on the readers first: no crash, no hang, no wrong answer (makes a Python environment of its own)
	@$(checked) build
	@tools/fuzz/fuzz.sh

bench: setup  ## measure against the Python peers, write Benchmarks/RESULTS.md
	@Benchmarks/bench.sh

bench-quick: setup  ## measure Cellar alone, under two minutes
	@Benchmarks/bench.sh --quick

mnist-record: build  ## train to 99.0 % on MNIST's test pictures with 20 seeds, print the seconds, write Benchmarks/mnist-record.md
	@Benchmarks/mnist-record.sh

store-test: build  ## kills at every system call and at random, full disks (needs root), flipped bits, 16 writers at once: nothing is lost (half an hour)
	@status=0; for script in kills.py 'kills.py --fail ENOSPC' random_kills.py 'flips.py 300' writers.py; do \
		echo "$$script"; python3 tools/store/$$script || status=1; \
	done; \
	if [[ $$(id -u) -eq 0 ]]; then python3 tools/store/full_disk.py || status=1; \
	else echo 'full_disk.py did not run: it mounts a small disk, which needs root' >&2; status=1; fi; \
	exit $$status

scale-test: build  ## real Spark, Ray, MLflow, Slurm and GNU parallel on this machine (makes a Python environment of its own; half an hour)
	@tools/scale/scale.sh

perf-guard: setup  ## count instructions against the committed baseline
	@Benchmarks/perf-guard.sh
