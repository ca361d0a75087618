/* The one function that Go programs need of bcryptprimitives.dll, for wine 8, which has no such
 * library. Tests only. */
#include <windows.h>

/* advapi32 exports RtlGenRandom under this name. */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG size);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T size) {
  enum { kMost = 1 << 16 };
  while (size != 0) {
    const ULONG part = size < kMost ? (ULONG)size : kMost;
    if (!SystemFunction036(buffer, part)) return FALSE;
    buffer += part;
    size -= part;
  }
  return TRUE;
}
