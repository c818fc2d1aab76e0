/// An environment variable for as long as this lives: for what is read, and for children made, meanwhile.
#pragma once
#include <cstdlib>
#include <string>

namespace ilbud::test {

class Environment {
 public:
    Environment(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~Environment() { ::unsetenv(name_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

 private:
    const char* name_;
};

}  // namespace ilbud::test
