// Linked into programs under AddressSanitizer only. Mesa unloads its driver when a context ends; what the driver's
// globals still hold then looks leaked, without a module or a symbol to suppress it by.
extern "C" int dlclose(void* /*handle*/) { return 0; }
