// The program `cellar-mpi` has no interface for other code; SwiftPM asks for this folder.
#pragma once
