package skerry

const libraryName = "libskerry.so"
