package skerry

const libraryName = "skerry.dll"
