using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

/// <summary>
/// The desktop of a user: a home directory, and an <c>xdg-open</c> that hands the address over to the test, whose Chromium opens it.
/// </summary>
internal sealed class Desktop : IAsyncDisposable
{
    private static readonly string _program
        = typeof(Desktop).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "SampleNative").Value!;

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("desktop-");
    private readonly TcpListener _opener = new(IPAddress.Loopback, 0);

    private Desktop()
    {
        _opener.Start();

        // It stays until the test is done with it, as a browser does that was not running before. /dev/tcp is a redirection of bash.
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

    /// <summary>Gets the file that keeps the session.</summary>
    public string SessionFile => Path.Combine(_home.FullName, "session");

    /// <summary>Gets a value indicating whether a browser was opened that the test has not taken yet.</summary>
    public bool HasOpened => _opener.Pending();

    private string Bin => Path.Combine(_home.FullName, "bin");

    public static Desktop Create()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only on Linux is the system's browser opened by a program that a test can replace: xdg-open.");
        return new();
    }

    /// <summary>Starts the sample at an emulator of the test.</summary>
    public SampleProgram Run(BinanceEmulator binance, params string[] arguments) => Run([.. ArgumentsFor(binance), .. arguments]);

    /// <summary>Starts the sample with these arguments and no others.</summary>
    public SampleProgram Run(params string[] arguments) => SampleProgram.Start(StartOf(arguments));

    /// <summary>The arguments for a sign-in at an emulator of the test.</summary>
    public string[] ArgumentsFor(BinanceEmulator binance)
        => ["--server", binance.BaseAddress.GetLeftPart(UriPartial.Authority), "--client-id", BinanceEmulatorDefaults.PublicClientId, "--session", SessionFile];

    /// <summary>How the sample is started, so that a test can change it.</summary>
    public ProcessStartInfo StartOf(params string[] arguments)
    {
        var host = Environment.ProcessPath is { } running && Path.GetFileNameWithoutExtension(running) == "dotnet" ? running : "dotnet";
        var start = new ProcessStartInfo(host, [_program, .. arguments])
        {
            WorkingDirectory = _home.FullName,
        };

        // What the developer of this machine has set.
        string[] foreign = ["BINANCE_CLIENT_ID", "BINANCE_REDIRECT_URI", "BINANCE_SERVER", "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT", "NO_COLOR", "WSL_DISTRO_NAME", "BROWSER", "XDG_DATA_HOME"];
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

    /// <summary>Signs in at an emulator that approves, without a Chromium.</summary>
    public async Task SignInAsync(BinanceEmulator binance)
    {
        await using var sample = Run(binance);
        using (var opened = await OpenedAsync())
        {
            await Visit.FollowAsync(opened.Address.AbsoluteUri);
        }

        Assert.Equal(0, await sample.EndAsync());
        Assert.Contains("Signed in.", sample.Text, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        _opener.Dispose();
        _home.Delete(recursive: true);
        return default;
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
