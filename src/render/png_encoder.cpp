// The code of stb_image_write, apart from those who call it, as what static checks find in it is not ours.
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>
