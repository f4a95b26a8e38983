# rstprobe: who ended this connection, where on the path, at which byte, and what is the proof?
# `make` alone prints the targets below. Each finds JDK 25 by itself; apt installs the rest, on Debian and as root.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PREFIX  ?= /usr/local
IMAGE   := probe-core/target/rstprobe
MACHINE := integration-tests/machine

# Tests that take longer are stuck: they end, and fail.
TEST_LIMIT := 22m

# Practice networks that stand at a time; most of a run is waiting.
CALIBRATION_JOBS ?= 4

SOURCES := $(shell find pom.xml */pom.xml */src/main probe-core/src/image)

# The first of $JAVA_HOME, /usr/lib/jvm/* and the PATH that is a JDK 25 or newer; empty where there is none.
JDK := $(shell $(MACHINE)/find-jdk)

# Maven 3.8's own libraries warn at length on a new JDK.
export MAVEN_OPTS := --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED $(MAVEN_OPTS)
MVN := JAVA_HOME="$(JDK)" mvn -q -Dstyle.color=never

.PHONY: help build demo test bench calibrate image install clean reproducible format jdk maven

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: jdk maven ## Compile and package the jars, checking their format; no tests
	@$(MVN) package -DskipTests

image: $(IMAGE)/bin/rstprobe ## Build probe-core/target/rstprobe, which runs where no Java is installed
	@:

demo: jdk ## Break a practice network in one known way, diagnose it, show the verdict beside the truth (root)
	@$(MACHINE)/packages maven iproute2 nftables libpcap0.8 openssh-server
	@$(MAKE) image
	@exec $(MACHINE)/contain --no-network $(IMAGE)/bin/rstprobe lab run tap-forges-reset

test: jdk ## Run every test, with real sshd, namespaces and containers (root; 25 minutes at most)
	@$(MACHINE)/packages maven iproute2 nftables iptables libpcap0.8 openssh-server openssh-client iputils-ping \
	    ethtool tcpdump tshark nmap debootstrap docker.io
	@$(MAKE) image
	@JAVA_HOME="$(JDK)" exec $(MACHINE)/contain timeout --foreground $(TEST_LIMIT) $(MACHINE)/with-servers \
	    mvn verify -Drstprobe.image="$(CURDIR)/$(IMAGE)"
	@$(MAKE) reproducible

bench: jdk ## Time the image beside the tools of its trade, in turns, and print ratios (root; long)
	@$(MACHINE)/packages maven iproute2 nftables ethtool libpcap0.8 openssh-server openssh-client nmap tcpdump tshark \
	    iputils-ping iputils-tracepath scamper tcptrace
	@$(MAKE) image
	@failed=0; \
	    probe-core/src/image/with-server "$(JDK)/bin/java" integration-tests/bench/Bench.java $(IMAGE)/bin/rstprobe \
	        || failed=1; \
	    integration-tests/bench/with-path 1400 "$(JDK)/bin/java" integration-tests/bench/MtuBench.java 1400 \
	        $(IMAGE)/bin/rstprobe integration-tests/bench || failed=1; \
	    DELAY=50 DELAY_BRIDGE="$(JDK)/bin/java --enable-native-access=ALL-UNNAMED -cp $(IMAGE)/lib/native-0.1.0.jar \
	        integration-tests/bench/DelayBridge.java" integration-tests/bench/with-path 1400 "$(JDK)/bin/java" \
	        integration-tests/bench/MtuBench.java 1400 $(IMAGE)/bin/rstprobe integration-tests/bench || failed=1; \
	    for targets in 100 1000 10000; do \
	        $(MACHINE)/with-sweep $$targets 1 "$(JDK)/bin/java" integration-tests/bench/SweepBench.java \
	            $(IMAGE)/bin/rstprobe || failed=1; \
	    done; \
	    integration-tests/bench/captures "$(JDK)" $(IMAGE)/bin/rstprobe || failed=1; \
	    integration-tests/bench/with-veth "$(JDK)/bin/java" integration-tests/bench/WatchBench.java \
        $(IMAGE)/bin/rstprobe "$(JDK)/bin/java" $(IMAGE)/lib/native-*.jar integration-tests/bench || failed=1; \
	    exit $$failed

calibrate: jdk ## Fit the weights of evidence to the calibration half of the practice networks (root; minutes); rebuild then
	@$(MACHINE)/packages maven iproute2 nftables libpcap0.8 openssh-server
	@$(MAKE) image
	@exec $(MACHINE)/contain --no-network $(IMAGE)/bin/rstprobe lab calibrate --into probe-core --jobs $(CALIBRATION_JOBS)

reproducible: jdk maven ## Build the jars a second time, elsewhere, and compare them byte by byte
	@$(MVN) package -DskipTests
	@$(MACHINE)/build-again "$(JDK)"

install: image ## Copy the image to PREFIX/lib/rstprobe (/usr/local) and link PREFIX/bin/rstprobe to it
	@rm -rf "$(DESTDIR)$(PREFIX)/lib/rstprobe"
	@mkdir -p "$(DESTDIR)$(PREFIX)/lib" "$(DESTDIR)$(PREFIX)/bin"
	@cp -a $(IMAGE) "$(DESTDIR)$(PREFIX)/lib/rstprobe"
	@ln -sfn ../lib/rstprobe/bin/rstprobe "$(DESTDIR)$(PREFIX)/bin/rstprobe"
	@echo "installed: $(DESTDIR)$(PREFIX)/bin/rstprobe"

format: jdk maven ## Rewrite the sources in the one format that the build accepts
	@$(MVN) spotless:apply

clean: ## Remove everything that was built
	@rm -rf target */target

$(IMAGE)/bin/rstprobe: $(SOURCES)
	@$(MAKE) jdk maven
	@$(MVN) package --projects probe-core --also-make -Dmaven.test.skip=true
	@JAVA_HOME="$(JDK)" probe-core/src/image/build

jdk:
	@test -n "$(JDK)" || { echo "rstprobe needs JDK 25: unpack one (Temurin, Zulu, Corretto…) and set JAVA_HOME to it, or install the package openjdk-25-jdk or temurin-25-jdk." >&2; exit 1; }

maven:
	@command -v mvn >/dev/null || $(MACHINE)/packages maven
