# Sourced by ./demo and ./bench, in the checkout's root: finds a Java and builds a program of this checkout.
# The caller sets: program, its name in messages; module, the folder of the Maven module that it runs.
# shellcheck shell=sh

fail() {
    echo "$program: $*" >&2
    exit 1
}

# --- a Java that can run it -------------------------------------------------------------------------------------------
if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || fail "JAVA_HOME is $JAVA_HOME, and there is no bin/java in it; set it to a JDK 17 or newer"
else
    java=$(command -v java) || fail "no java on the PATH; install a JDK 17 or newer, or set JAVA_HOME to one"
fi
version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
case $version in
    1.* | [2-9] | [2-9].* | 1[0-6] | 1[0-6].* | '')
        fail "Java 17 or newer is needed, $java is ${version:-unknown}; install a JDK 17, or set JAVA_HOME to one" ;;
esac
command -v mvn >/dev/null || fail "no mvn on the PATH; install Maven 3.8.7 or newer"

# --- build what has changed -------------------------------------------------------------------------------------------
classpath=$module/target/classpath
build_log=target/$program-build.log

changed() {
    [ ! -f "$classpath" ] || [ -n "$(find . -name target -prune -o \
        \( -name '*.java' -o -name pom.xml -o -path '*/src/main/resources/*' \) -newer "$classpath" -print | head -n 1)" ]
}

build() {
    mkdir -p target "$module/target" 2>/dev/null || fail "cannot write below $PWD; is the disk full or read-only?"
    touch "$classpath.since" 2>/dev/null || true
    mvn -B -pl "$module" -am package -Dmaven.test.skip=true -Dspotless.check.skip=true -Denforcer.skip=true \
        -Dforbiddenapis.skip=true -Dmaven.source.skip=true -Dmaven.javadoc.skip=true >"$build_log" 2>&1 </dev/null &
    maven=$!
    trap 'kill $maven 2>/dev/null; exit 130' INT TERM
    seconds=0
    while kill -0 $maven 2>/dev/null; do
        downloads=$(grep -c 'Downloaded from' "$build_log" || true)
        [ -t 1 ] && printf '\rbuilding: %s s, %s files downloaded ' $seconds "$downloads"
        sleep 1
        seconds=$((seconds + 1))
    done
    trap - INT TERM
    status=0
    wait $maven || status=$?
    [ -t 1 ] && printf '\r'
    if [ $status -ne 0 ]; then
        grep -E '^\[ERROR\]' "$build_log" | head -n 5 >&2
        if grep -q 'No space left on device' "$build_log"; then
            fail "the disk is full; free some 500 MB below $PWD and in the local Maven repository"
        fi
        fail "the build failed, see $build_log"
    fi
    # Maven leaves a class path that is the same as it was; what was changed since the build began is not in it.
    [ ! -f "$classpath" ] || [ ! -f "$classpath.since" ] || touch -r "$classpath.since" "$classpath"
    echo "built in $seconds s, $(grep -c 'Downloaded from' "$build_log" || true) files downloaded"
}

if changed; then build; fi

# --- how to start it --------------------------------------------------------------------------------------------------
case $version in
    1[7-9]* | 2[0-3]*) native= ;;
    # SQLite and Netty load native code; newer JDKs want to be told.
    *) native=--enable-native-access=ALL-UNNAMED ;;
esac
