using System.Diagnostics;
using AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator;

/// <summary>
/// The command, packed and installed: tests in other languages start it from the PATH, script a fault and read the requests.
/// </summary>
public sealed class InstalledToolTests(InstalledTool installed) : IClassFixture<InstalledTool>
{
    [Fact(Timeout = Languages.Timeout)]
    public async Task Tests_in_node_start_it_and_script_a_fault()
        => await TestAsync(new(Languages.Node, ["--test", "--test-reporter", "tap", "emulator.test.mjs"]) { WorkingDirectory = Repository.Example("node") }, "# pass 2");

    [Fact(Timeout = Languages.Timeout)]
    public async Task Tests_in_python_start_it_and_script_a_fault()
    {
        var python = await Languages.PythonWithAsync("unittest", "python3");
        await TestAsync(new(python, ["-B", "-m", "unittest"]) { WorkingDirectory = Repository.Example("python") }, "Ran 2 tests");
    }

    [Fact(Timeout = Languages.Timeout)]
    public async Task Installed_command_is_machine_code_for_this_system()
    {
        var folder = await installed.GetAsync();

        // A native package is specific to a runtime identifier, which is the name of a folder in the tool's store.
        Assert.NotEmpty(Directory.GetDirectories(folder, System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier, SearchOption.AllDirectories));
        var (exitCode, text) = await Languages.RunAsync(new(Path.Combine(folder, "binance-emulator"), ["--version"]));
        Assert.Equal((0, "0.1.0"), (exitCode, text));
    }

    private async Task TestAsync(ProcessStartInfo start, string expected)
    {
        start.Environment["PATH"] = await installed.GetAsync() + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        var (exitCode, text) = await Languages.RunAsync(start);
        Assert.True(exitCode == 0, text);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }
}
