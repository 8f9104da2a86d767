using System.Diagnostics;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// The output of the console sample to a terminal, which <c>script</c> of util-linux emulates.
/// </summary>
public sealed partial class NativeTerminalTests
{
    private const int Columns = 80;

    [Theory(Timeout = SampleProgram.Timeout)]
    [InlineData("dumb", null)]
    [InlineData("xterm-256color", "1")]
    public async Task Terminal_without_colors_gets_80_columns_of_ASCII_and_a_dumb_one_no_escape_sequence(string term, string? noColor)
    {
        var text = await RunEverythingAsync(term, noColor);

        Assert.DoesNotMatch(Color(), text);
        Assert.False(term is "dumb" && text.Contains('\e', StringComparison.Ordinal));
        Assert.All(text.Split('\n').Where(line => !line.Contains("http", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, Columns));
        Assert.All(text, character => Assert.True(character is '\n' or '\e' or (>= ' ' and <= '~'), $"'{character}' ({(int)character:x}) is not ASCII."));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Terminal_with_colors_gets_colors_and_no_movement_of_the_cursor()
    {
        var text = await RunEverythingAsync("xterm-256color", noColor: null);

        Assert.Matches(Color(), text);

        // .NET sets the keyboard's mode when it reads, which does not move the cursor.
        Assert.DoesNotContain('\e', KeyboardMode().Replace(Color().Replace(text, ""), ""));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Redirected_output_is_plain()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        await using var sample = desktop.Run("--headless");
        await Visit.FollowAsync(await sample.WaitForLineAsync(desktop.Binance.BaseAddress.AbsoluteUri + "oauth/authorize?"));

        Assert.Equal(0, await sample.EndAsync());
        Assert.DoesNotContain('\e', sample.Text);
    }

    [Theory(Timeout = SampleProgram.Timeout)]
    [InlineData("--bogus", "There is no argument --bogus.")]
    [InlineData("--client-id", "--client-id needs a value.")]
    [InlineData("--server http://www.example.com --client-id id", "http://www.example.com is not an https address")]
    [InlineData("--server https://www.example.com/?x=1 --client-id id", "is not an https address")]
    [InlineData("--server https://www.example.com", "The server needs a client id")]
    [InlineData("--redirect-uri https://www.example.com/callback", "is not a loopback redirect URI")]
    [InlineData("--emulator-port 70000", "70000 is not a port.")]
    public async Task Invalid_arguments_print_help_on_the_standard_error(string arguments, string expected)
    {
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.RunWith(arguments.Split(' '));

        Assert.Equal(2, await sample.EndAsync());
        Assert.Contains(expected, sample.Errors, StringComparison.Ordinal);
        Assert.Contains("--headless", sample.Errors, StringComparison.Ordinal);
        Assert.Equal(sample.Text, sample.Errors);
        Assert.All(sample.Text.Split('\n'), line => Assert.InRange(line.Length, 0, Columns - 1));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Help_is_on_the_standard_output()
    {
        await using var desktop = await Desktop.StartAsync();
        await using var sample = desktop.RunWith("--help");

        Assert.Equal(0, await sample.EndAsync());
        Assert.Contains("--headless", sample.Text, StringComparison.Ordinal);
        Assert.Empty(sample.Errors);
        Assert.All(sample.Text.Split('\n'), line => Assert.InRange(line.Length, 0, Columns - 1));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Environment_variables_stand_in_for_arguments()
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        var start = desktop.StartOf("--headless");
        start.Environment["BINANCE_CLIENT_ID"] = BinanceEmulatorDefaults.PublicClientId;
        start.Environment["BINANCE_SERVER"] = desktop.Binance.BaseAddress.GetLeftPart(UriPartial.Authority);
        start.Environment["BINANCE_REDIRECT_URI"] = "http://localhost/signin-binance";
        await using var sample = SampleProgram.Start(start);

        var address = await sample.WaitForLineAsync(desktop.Binance.BaseAddress.AbsoluteUri + "oauth/authorize?");
        Assert.Contains("redirect_uri=http%3A%2F%2Flocalhost%3A", address, StringComparison.Ordinal);
        await Visit.FollowAsync(address);

        Assert.Equal(0, await sample.EndAsync());
    }

    // A sign-in with a typing error, a second start, the sign-out, an unknown argument: all output but that of failures.
    private static async Task<string> RunEverythingAsync(string term, string? noColor)
    {
        await using var desktop = await Desktop.StartAsync(autoApprove: true);
        var text = "";

        await using (var signIn = Start("--headless"))
        {
            var address = await signIn.WaitForLineAsync(desktop.Binance.BaseAddress.AbsoluteUri + "oauth/authorize?");
            await signIn.TypeAsync("nonsense");
            await signIn.WaitForLineAsync("This is not the address");
            await Visit.FollowAsync(Color().Replace(address, "").Trim());
            await EndAsync(signIn);
        }

        foreach (var argument in new[] { "--headless", "sign-out", "sign-out", "--bogus" })
        {
            await using var sample = Start(argument);
            await EndAsync(sample);
        }

        Assert.Contains("Still signed in.", text, StringComparison.Ordinal);
        Assert.Contains("You are not signed in.", text, StringComparison.Ordinal);
        return text.Replace("\r", "", StringComparison.Ordinal);

        SampleProgram Start(string argument)
        {
            var command = desktop.StartOf([.. desktop.Arguments, argument]);
            var start = new ProcessStartInfo("script", ["--quiet", "--return", "--command", $"exec {string.Join(' ', command.ArgumentList.Prepend(command.FileName))}", "/dev/null"]);
            foreach (var (name, value) in command.Environment)
            {
                start.Environment[name] = value;
            }

            start.Environment["TERM"] = term;
            start.Environment["NO_COLOR"] = noColor;
            return SampleProgram.Start(start);
        }

        async Task EndAsync(SampleProgram sample)
        {
            await sample.EndAsync();
            text += sample.Text + '\n';
        }
    }

    [GeneratedRegex(@"\e\[[0-9;]*m")]
    private static partial Regex Color();

    [GeneratedRegex(@"\e(\[\?1[hl]|=|>)")]
    private static partial Regex KeyboardMode();
}
