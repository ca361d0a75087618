// Subtyping in terms of a module's own type indices.
#include "validate/module_context.h"

namespace skerry {

bool ModuleContext::is_subtype(HeapType sub, HeapType super) const {
  if (sub == super || sub == kBottomHeap) return true;
  if (super == kBottomHeap) return false;
  return registry_.is_subtype(with_id(sub), with_id(super));
}

bool ModuleContext::is_subtype_slow(ValType sub, ValType super) const {
  if (sub == ValType::Bottom) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  return (super.is_nullable() || !sub.is_nullable()) && is_subtype(sub.heap(), super.heap());
}

HeapType ModuleContext::top_of(HeapType type) const {
  if (type.is_concrete())
    return module_.types[type.type_index()].kind == CompositeKind::Func ? HeapType::Func
                                                                        : HeapType::Any;
  switch (type.abstract()) {
    case HeapType::Func:
    case HeapType::NoFunc: return HeapType::Func;
    case HeapType::Extern:
    case HeapType::NoExtern: return HeapType::Extern;
    case HeapType::Exn:
    case HeapType::NoExn: return HeapType::Exn;
    default: return HeapType::Any;
  }
}

}  // namespace skerry
