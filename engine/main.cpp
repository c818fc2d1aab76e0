#include "cli/cli.hpp"

int main(int argc, char** argv) {
    return ilbud::run_command_line(argc, argv);
}
