#!/usr/bin/env bash
# Builds the images yungui-hub and yungui-edge: with Docker where an engine answers, else with buildah (chroot isolation)
# on a base that debootstrap makes. The machine's own pip and apt settings are lent to the build and stay out of the image.
#
#   docker/build.sh [hub] [edge]      both when none is named
set -euo pipefail
cd "$(dirname "$0")/.."

images=("$@")
[ ${#images[@]} -gt 0 ] || images=(hub edge)
for image in "${images[@]}"; do
    if [ ! -f "docker/$image.Dockerfile" ]; then
        echo "没有 docker/$image.Dockerfile;可选:hub edge。· There is no docker/$image.Dockerfile; choose hub or edge." >&2
        exit 2
    fi
done
version=$(git describe --always --dirty 2>/dev/null || echo unversioned)

with_docker() {
    docker build --pull --file "docker/$1.Dockerfile" --tag "yungui-$1:$version" --tag "yungui-$1:latest" .
}

base() {
    local name=localhost/yungui-base:bookworm root
    buildah image exists "$name" 2>/dev/null || buildah images --quiet "$name" >/dev/null 2>&1 || {
        root=$(mktemp -d)
        debootstrap --variant=minbase bookworm "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >&2
        local container
        container=$(buildah from scratch)
        buildah add --quiet "$container" "$root" / >&2
        buildah config --cmd /bin/bash "$container" >&2
        buildah commit --quiet "$container" "$name" >&2
        buildah rm "$container" >&2
        rm -rf "$root"
    }
    echo "$name"
}

with_buildah() {
    # The machine's certificates go in under another name: Debian's own package replaces the usual file.
    local lent=() apt ca=/etc/ssl/certs/ca-certificates.crt lent_ca=/run/lent-ca.crt
    apt=$(mktemp -d)
    [ -d /etc/apt/apt.conf.d ] && cp /etc/apt/apt.conf.d/* "$apt/"
    if [ -e "$ca" ]; then
        echo "Acquire::https::CAInfo \"$lent_ca\";" >"$apt/99lent-ca"
        lent+=(--volume "$ca:$lent_ca:ro" --env PIP_CERT- --build-arg "PIP_CERT=$lent_ca")
    fi
    for path in /etc/pip.conf /etc/xdg/pip /etc/apt/auth.conf.d /etc/apt/sources.list.d /etc/apt/keyrings \
        ${PIP_FIND_LINKS:-} ${LENT_PATHS:-}; do
        [ -e "$path" ] && lent+=(--volume "$path:$path:ro")
    done
    for name in PIP_FIND_LINKS PIP_DEFAULT_TIMEOUT PIP_INDEX_URL; do
        [ -n "${!name:-}" ] && lent+=(--env "$name-" --build-arg "$name=${!name}")
    done
    buildah build --isolation chroot --network host --build-arg "BASE=$(base)" "${lent[@]}" \
        --volume "$apt:/etc/apt/apt.conf.d:ro" \
        --file "docker/$1.Dockerfile" --tag "yungui-$1:$version" --tag "yungui-$1:latest" .
    rm -rf "$apt"
}

if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    build=with_docker
elif command -v buildah >/dev/null && command -v debootstrap >/dev/null; then
    build=with_buildah
else
    echo "需要 Docker,或 buildah 与 debootstrap:apt-get install buildah debootstrap" >&2
    echo "Docker is needed, or buildah and debootstrap: apt-get install buildah debootstrap" >&2
    exit 2
fi
for image in "${images[@]}"; do
    "$build" "$image"
    echo "yungui-$image:$version"
done
