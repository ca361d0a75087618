// What the host has for the guest in guest/, and what that exports.
#include <stdint.h>

// The host's, in module `env`.
void say(const char* text, uint32_t length);
uint32_t ask(const char* question, char* answer, uint32_t capacity);
int32_t lookup(const char* key, uint32_t key_length, int64_t* value);
int64_t dot(const int32_t* a, const int32_t* b, uint32_t count);
void squares(uint16_t* to, uint32_t count);

// The guest's.
uint32_t greet(const char* name, uint32_t length, char* out, uint32_t capacity);
int64_t norm(void);
int64_t total(const char* keys, uint32_t length);
