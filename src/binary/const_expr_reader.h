// Reads constant expressions: the initialisers of globals and tables, offsets and elements of
// segments. Not here: whether the instructions are allowed in one (validation).
#pragma once

#include "base/bytes.h"
#include "wasm/module.h"

namespace skerry {

// Reads up to and including the `end` that closes the expression; `code` spans the bytes read.
Result<ConstExpr> read_const_expr(ByteReader& in, Features features);
// The same, into an empty ConstExpr that has its place already.
Result<void> read_const_expr(ByteReader& in, Features features, ConstExpr& expr);

}  // namespace skerry
