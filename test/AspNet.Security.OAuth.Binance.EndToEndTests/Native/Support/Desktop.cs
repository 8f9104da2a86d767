using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

/// <summary>
/// The desktop of a user with the console sample, and the emulator at which the sample signs in: a home directory, and an <c>xdg-open</c> that
/// passes the address to the test.
/// </summary>
internal sealed class Desktop : IAsyncDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("desktop-");
    private readonly TcpListener _opener = new(IPAddress.Loopback, 0);

    private Desktop(BinanceEmulator binance)
    {
        Binance = binance;
        _opener.Start();

        // It runs until the test disposes of the OpenedBrowser, as a browser does that was not running before. /dev/tcp is a redirection of bash.
        var script = Path.Combine(Directory.CreateDirectory(Bin).FullName, "xdg-open");
        File.WriteAllText(script, $"""
            #!/usr/bin/env bash
            exec 3<> /dev/tcp/127.0.0.1/{((IPEndPoint)_opener.LocalEndpoint).Port}
            printf '%s\n' "$#" "$@" >&3
            read -r <&3

            """);
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Gets the emulator.</summary>
    public BinanceEmulator Binance { get; }

    /// <summary>Gets the arguments for a sign-in at the emulator.</summary>
    public string[] Arguments
        => ["--server", Binance.BaseAddress.GetLeftPart(UriPartial.Authority), "--client-id", BinanceEmulatorDefaults.PublicClientId, "--session", SessionFile];

    /// <summary>Gets the file that keeps the session.</summary>
    public string SessionFile => Path.Combine(_home.FullName, "session");

    /// <summary>Gets a value indicating whether a browser was opened that the test has not accepted yet.</summary>
    public bool HasOpened => _opener.Pending();

    private string Bin => Path.Combine(_home.FullName, "bin");

    public static async Task<Desktop> StartAsync(bool autoApprove = false)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only on Linux is the system's browser opened by a program that a test can replace: xdg-open.");
        return new(await BinanceEmulator.StartAsync(options => options.AutoApprove = autoApprove, TestContext.Current.CancellationToken));
    }

    /// <summary>Starts the sample with the emulator as its server.</summary>
    public SampleProgram Run(params string[] arguments) => RunWith([.. Arguments, .. arguments]);

    /// <summary>Starts the sample with these arguments only.</summary>
    public SampleProgram RunWith(params string[] arguments) => SampleProgram.Start(StartOf(arguments));

    /// <summary>The start of the sample, which a test can change.</summary>
    public ProcessStartInfo StartOf(params string[] arguments)
    {
        var start = new ProcessStartInfo(Executables.Dotnet, [Repository.SampleNative, .. arguments])
        {
            WorkingDirectory = _home.FullName,
        };

        // Variables that a developer may have set on this machine.
        string[] foreign = ["BINANCE_CLIENT_ID", "BINANCE_REDIRECT_URI", "BINANCE_SERVER", "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT", "NO_COLOR", "WSL_DISTRO_NAME", "BROWSER", "XDG_DATA_HOME", "LC_ALL", "LC_MESSAGES", "LANG"];
        Array.ForEach(foreign, name => start.Environment.Remove(name));
        start.Environment["HOME"] = _home.FullName;
        start.Environment["PATH"] = $"{Bin}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["DISPLAY"] = ":99";
        start.Environment["TERM"] = "xterm-256color";
        return start;
    }

    /// <summary>Waits until the sample opens a browser.</summary>
    public async Task<OpenedBrowser> OpenedAsync()
    {
        var connection = await _opener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var reader = new StreamReader(connection.GetStream());
        Assert.Equal("1", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        return new(connection, new Uri((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!));
    }

    /// <summary>Signs in at an emulator that approves automatically, without a Chromium.</summary>
    public async Task SignInAsync()
    {
        await using var sample = Run();
        using (var opened = await OpenedAsync())
        {
            await Visit.FollowAsync(opened.Address.AbsoluteUri);
        }

        Assert.Equal(0, await sample.EndAsync());
        Assert.Contains("Signed in.", sample.Text, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _opener.Dispose();
        _home.Delete(recursive: true);
        await Binance.DisposeAsync();
    }
}

/// <summary>
/// A browser that the sample opened, until it is disposed.
/// </summary>
/// <param name="connection">The connection from <c>xdg-open</c>.</param>
/// <param name="address">The argument of <c>xdg-open</c>.</param>
internal sealed class OpenedBrowser(TcpClient connection, Uri address) : IDisposable
{
    public Uri Address => address;

    public void Dispose() => connection.Dispose();
}
