using System.Globalization;
using AspNet.Security.OAuth.Binance.NativeProcess;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Browsers.Support;

/// <summary>
/// A Linux desktop in a folder: its programs are scripts that record their arguments, and a process opens the browser with its environment.
/// </summary>
internal sealed class Desktop : IDisposable
{
    public const string Url = "http://127.0.0.1:50000/start/the-one-time-path";
    public const string Opened = "opened, nothing returned";

    public static readonly (string, string) Display = ("DISPLAY", ":0");
    public static readonly (string, string) Wsl = ("WSL_DISTRO_NAME", "Ubuntu");
    public static readonly (string, string) Ssh = ("SSH_CONNECTION", "192.0.2.1 50001 192.0.2.2 22");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("desktop-");

    public Desktop(params (string Name, string Value)[] variables)
    {
        Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        Variables.TryAdd("PATH", Programs);
        Directory.CreateDirectory(Programs);
    }

    /// <summary>The working directory, which is not on the PATH.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The folder of the programs.</summary>
    public string Programs => Path.Combine(Folder, "programs");

    public Dictionary<string, string> Variables { get; }

    /// <summary>Adds a program.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="script">Runs after the arguments have been recorded.</param>
    /// <param name="folder">Its folder. The default is the one on the PATH.</param>
    public Desktop With(string name, string script = "", string? folder = null)
    {
        var path = Path.Combine(folder ?? Programs, name);

        // Renamed at the end, so that an existing file is complete.
        File.WriteAllText(
            path,
            $$"""
            #!/bin/sh
            printf '%s\n' "$$" "$@" > '{{Note(name)}}.new'
            /bin/mv '{{Note(name)}}.new' '{{Note(name)}}'
            {{script}}
            """);
        SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return this;
    }

    public static void SetMode(string path, UnixFileMode mode)
    {
        // On Windows these tests are skipped.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    public bool HasStarted(string name) => File.Exists(Note(name));

    /// <summary>The arguments that a program was started with.</summary>
    public string[] ArgumentsOf(string name) => File.ReadAllLines(Note(name))[1..];

    /// <summary>The id of the process of a program, once it was started.</summary>
    public async Task<int> ProcessIdOfAsync(string name)
    {
        while (!HasStarted(name))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return int.Parse(File.ReadAllLines(Note(name))[0], CultureInfo.InvariantCulture);
    }

    /// <summary>The path of a file for a program to write.</summary>
    public string Note(string name) => Path.Combine(Folder, name + ".note");

    /// <summary>Opens an address in a process on this desktop.</summary>
    /// <param name="url">The address.</param>
    /// <param name="without">The reaction of the application if there is no browser.</param>
    public async Task<HelperProcess> StartOpeningAsync(string url = Url, string without = "")
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The programs of the desktop are those of Linux.");
        var process = await HelperProcess.StartAsync(
            start =>
            {
                start.WorkingDirectory = Folder;
                string[] inherited = ["DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"];
                Array.ForEach(inherited, variable => start.Environment.Remove(variable));
                foreach (var (name, value) in Variables)
                {
                    start.Environment[name] = value;
                }
            },
            Commands.Open,
            url,
            without);
        await process.StartWorkAsync();
        return process;
    }

    /// <summary>Opens an address in a process on this desktop, and returns the result.</summary>
    public async Task<string> OpenAsync(string url = Url, string without = "")
    {
        await using var opening = await StartOpeningAsync(url, without);
        return await opening.ReadResultAsync();
    }

    /// <summary>Asserts that no browser can be opened, with this reason, and that the message does not contain the address.</summary>
    public async Task AssertUnavailableAsync(string reason)
    {
        var result = await OpenAsync();
        Assert.StartsWith("BrowserUnavailable: ", result, StringComparison.Ordinal);
        Assert.Contains(reason, result, StringComparison.Ordinal);
        Assert.Contains("SystemBrowser.WithoutBrowser", result, StringComparison.Ordinal);
        Assert.DoesNotContain("http", result, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("the-one-time-path", result, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
