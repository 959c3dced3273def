#!/usr/bin/env bash
# Checks the files of a deployment with the programs they are for, as far as these are there, and says what is not
# checked. Ends with 1 when a file is wrong; with CHECK_ALL=1 also when a program is missing.
#
#   kubectl or kustomize                  puts the manifests of each program together
#   kubeconform or npm                    holds them against Kubernetes' own schema, unknown fields are errors
#   promtool                              alerts: the rules themselves, and what they say of made series; without it
#                                         tests hold their names and labels against what a system sends
#                                         (tests/EndToEnd.Tests/Dashboards.cs), and that each alert has such a series
#                                         (tests/Architecture.Tests/Alerts.cs), but nothing evaluates an expression
#   docker compose                        the compose files, with every variable of .env.example set
set -uo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
wrong=0 missing=0
js_yaml=5.5.0 kubernetes_models=4.5.1 typescript=7.0.2

check() {  # WHAT COMMAND...
    local what=$1; shift
    if "$@" > "$out/log" 2>&1; then
        echo "ok           $what"
    else
        cat "$out/log"
        echo "WRONG        $what"
        wrong=$((wrong + 1))
    fi
}

unchecked() {  # WHAT PROGRAM
    echo "NOT CHECKED  $1: $2 is not installed"
    missing=$((missing + 1))
}

in_out() { (cd "$out" && "$@"); }

has() { command -v "$1" > "$out/log" 2>&1; }

render() {  # FOLDER FILE
    if has kustomize; then kustomize build "$1" > "$2"; else kubectl kustomize "$1" > "$2"; fi
}

if has kustomize || has kubectl; then
    for folder in deploy/kubernetes/*/; do
        check "$folder is put together" render "$folder" "$out/$(basename "$folder").yaml"
    done
    if has kubeconform; then
        check "manifests, by Kubernetes' schema" kubeconform -strict -summary "$out"/*.yaml
    elif has npm && cp deploy/kubernetes/schema.mjs "$out" && in_out npm install --no-audit --no-fund --silent --fetch-retries=0 \
        js-yaml@$js_yaml kubernetes-models@$kubernetes_models typescript@$typescript > "$out/log" 2>&1; then
        check "manifests, by Kubernetes' schema" in_out node schema.mjs "$out"/*.yaml
    else
        unchecked "manifests, by Kubernetes' schema" "kubeconform (or npm with a registry)"
    fi
else
    unchecked "deploy/kubernetes" "kubectl (or kustomize)"
fi

if has promtool; then
    check "deploy/prometheus/alerts.yaml" promtool check rules deploy/prometheus/alerts.yaml
    check "deploy/prometheus/alerts.test.yaml" promtool test rules deploy/prometheus/alerts.test.yaml
else
    unchecked "deploy/prometheus" "promtool"
fi

if has docker && docker compose version > "$out/log" 2>&1; then
    sed 's/=$/=set/' .env.example > "$out/env"
    check "docker-compose.yml" docker compose --env-file "$out/env" config --quiet
    check "deploy/compose.observability.yaml" docker compose --env-file "$out/env" \
        -f docker-compose.yml -f deploy/compose.observability.yaml config --quiet
else
    unchecked "compose files" "docker compose"
fi

echo "$wrong wrong, $missing not checked"
[ "$wrong" -eq 0 ] && { [ "${CHECK_ALL:-}" != 1 ] || [ "$missing" -eq 0 ]; }
