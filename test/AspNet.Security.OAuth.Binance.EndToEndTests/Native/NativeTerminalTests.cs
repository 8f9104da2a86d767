using System.Diagnostics;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native;

/// <summary>
/// What the console sample writes to a terminal, which <c>script</c> of util-linux makes.
/// </summary>
public sealed partial class NativeTerminalTests
{
    private const int Columns = 80;

    [Theory(Timeout = SampleProgram.Timeout)]
    [InlineData("dumb", null)]
    [InlineData("xterm-256color", "1")]
    public async Task Terminal_without_colors_gets_none_and_no_line_is_wider_than_80_columns(string term, string? noColor)
    {
        var text = await RunEverythingAsync(term, noColor);

        Assert.DoesNotMatch(Color(), text);
        Assert.All(text.Split('\n').Where(line => !line.Contains("http", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, Columns));
        Assert.All(text, character => Assert.True(character is '\n' or '\e' or (>= ' ' and <= '~'), $"'{character}' ({(int)character:x}) is not ASCII."));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Dumb_terminal_gets_no_escape_sequence_at_all()
        => Assert.DoesNotContain('\e', await RunEverythingAsync("dumb", noColor: null));

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Terminal_with_colors_gets_colors_and_no_movement_of_the_cursor()
    {
        var text = await RunEverythingAsync("xterm-256color", noColor: null);

        Assert.Matches(Color(), text);

        // The keyboard's mode, which .NET sets when it reads, moves nothing.
        Assert.DoesNotContain('\e', KeyboardMode().Replace(Color().Replace(text, ""), ""));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Redirected_output_is_plain()
    {
        await using var desktop = Desktop.Create();
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var sample = desktop.Run(binance, "--headless");
        await Visit.FollowAsync(await sample.SaysAsync(binance.BaseAddress.AbsoluteUri + "oauth/authorize?"));

        Assert.Equal(0, await sample.EndAsync());
        Assert.DoesNotContain('\e', sample.Text);
    }

    [Theory(Timeout = SampleProgram.Timeout)]
    [InlineData("--bogus", "There is no argument --bogus.")]
    [InlineData("--client-id", "--client-id needs a value.")]
    [InlineData("--server http://www.example.com --client-id id", "http://www.example.com is no https address")]
    [InlineData("--server https://www.example.com/?x=1 --client-id id", "is no https address")]
    [InlineData("--server https://www.example.com", "The server needs a client id")]
    [InlineData("--redirect-uri https://www.example.com/callback", "is no loopback redirect URI")]
    [InlineData("--emulator-port 70000", "70000 is no port.")]
    public async Task Arguments_that_are_not_understood_end_in_help_on_the_standard_error(string arguments, string expected)
    {
        await using var desktop = Desktop.Create();
        await using var sample = desktop.Run(arguments.Split(' '));

        Assert.Equal(2, await sample.EndAsync());
        Assert.Contains(expected, sample.Errors, StringComparison.Ordinal);
        Assert.Contains("--headless", sample.Errors, StringComparison.Ordinal);
        Assert.Equal(sample.Text, sample.Errors);
        Assert.All(sample.Text.Split('\n'), line => Assert.InRange(line.Length, 0, Columns - 1));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Help_is_on_the_standard_output()
    {
        await using var desktop = Desktop.Create();
        await using var sample = desktop.Run("--help");

        Assert.Equal(0, await sample.EndAsync());
        Assert.Contains("--headless", sample.Text, StringComparison.Ordinal);
        Assert.Empty(sample.Errors);
        Assert.All(sample.Text.Split('\n'), line => Assert.InRange(line.Length, 0, Columns - 1));
    }

    [Fact(Timeout = SampleProgram.Timeout)]
    public async Task Environment_variables_stand_in_for_arguments()
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        var start = desktop.StartOf("--headless");
        start.Environment["BINANCE_CLIENT_ID"] = BinanceEmulatorDefaults.PublicClientId;
        start.Environment["BINANCE_SERVER"] = binance.BaseAddress.GetLeftPart(UriPartial.Authority);
        start.Environment["BINANCE_REDIRECT_URI"] = "http://localhost/signin-binance";
        await using var sample = SampleProgram.Start(start);

        var address = await sample.SaysAsync(binance.BaseAddress.AbsoluteUri + "oauth/authorize?");
        Assert.Contains("redirect_uri=http%3A%2F%2Flocalhost%3A", address, StringComparison.Ordinal);
        await Visit.FollowAsync(address);

        Assert.Equal(0, await sample.EndAsync());
    }

    // A sign-in with a typing error, a second start, the sign-out, an unknown argument: all that it can say in a terminal, without failures.
    private static async Task<string> RunEverythingAsync(string term, string? noColor)
    {
        await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        await using var desktop = Desktop.Create();
        var text = "";

        await using (var signIn = Start("--headless"))
        {
            var address = await signIn.SaysAsync(binance.BaseAddress.AbsoluteUri + "oauth/authorize?");
            await signIn.TypeAsync("nonsense");
            await signIn.SaysAsync("This is not the address");
            await Visit.FollowAsync(Color().Replace(address, "").Trim());
            await EndAsync(signIn);
        }

        foreach (var argument in new[] { "--headless", "sign-out", "sign-out", "--bogus" })
        {
            await using var sample = Start(argument);
            await EndAsync(sample);
        }

        Assert.Contains("Still signed in.", text, StringComparison.Ordinal);
        Assert.Contains("Nobody is signed in.", text, StringComparison.Ordinal);
        return text.Replace("\r", "", StringComparison.Ordinal);

        SampleProgram Start(string argument)
        {
            var command = desktop.StartOf([.. desktop.ArgumentsFor(binance), argument]);
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
