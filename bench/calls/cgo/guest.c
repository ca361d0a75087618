// cgo compiles what lies in the package's folder.
#include "../guest.c"
