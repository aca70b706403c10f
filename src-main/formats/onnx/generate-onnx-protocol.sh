#!/bin/sh
# Makes generated/onnx_pb.ts from the onnx.proto inside the Python package onnx; needs npm, pip and a network, only when ONNX itself changes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
python3 -m pip download --quiet --no-deps --only-binary :all: --dest wheel onnx==1.23.2
mkdir proto
unzip -q -j wheel/onnx-1.23.2-*.whl onnx/onnx.proto -d proto
npm init --yes >/dev/null
npm install --ignore-scripts --no-audit --no-fund --silent @bufbuild/buf@1.75.0 @bufbuild/protoc-gen-es@2.17.0
cat >buf.gen.yaml <<'YAML'
version: v2
inputs: [{directory: proto}]
plugins: [{local: protoc-gen-es, out: generated, opt: [target=ts, import_extension=ts, erasable_syntax=true]}]
YAML
npx buf generate
mkdir -p "$here/generated"
{
  echo '// Made by src-main/formats/onnx/generate-onnx-protocol.sh from onnx.proto of ONNX 1.23.2 (Apache-2.0); not to be edited.'
  cat generated/onnx_pb.ts
} >"$here/generated/onnx_pb.ts"
