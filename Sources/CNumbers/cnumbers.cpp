#include "cnumbers.h"
