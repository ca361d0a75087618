// Hello from C: prints its arguments and one variable, and counts the lines of its standard input.
// Compiled with wasi-libc, it asks the runtime for nothing but WASI preview 1.
//
//   ./dev run examples/hello-c/hello.c one two
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  const char* greeting = getenv("GREETING");
  printf("%s from C\n", greeting != NULL ? greeting : "Hello");
  for (int i = 1; i < argc; i++) printf("argument %d: %s\n", i, argv[i]);

  if (argc > 1) return 0;
  int lines = 0;
  for (int c = getchar(); c != EOF; c = getchar()) lines += c == '\n';
  if (lines > 0) printf("lines read: %d\n", lines);
  return 0;
}
