using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Browsers;

/// <summary>
/// A folder with the programs of a desktop: scripts that note what they were started with.
/// </summary>
internal sealed class Desktop : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("desktop-");

    public Desktop(params (string Name, string Value)[] variables)
    {
        Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        Variables.TryAdd("PATH", Programs);
        Directory.CreateDirectory(Programs);
    }

    /// <summary>Where a program is started. It is not on the PATH.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Where the programs are.</summary>
    public string Programs => Path.Combine(Folder, "programs");

    public Dictionary<string, string> Variables { get; }

    /// <summary>Adds a program.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="script">What it does after it has noted its arguments.</param>
    /// <param name="folder">Where it is. The default is the one on the PATH.</param>
    public Desktop With(string name, string script = "", string? folder = null)
    {
        var path = Path.Combine(folder ?? Programs, name);

        // Renamed at the end: a file that is there is complete.
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
        // On Windows these tests skip themselves.
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

    /// <summary>The path of a file that a program may write.</summary>
    public string Note(string name) => Path.Combine(Folder, name + ".note");

    public void Dispose() => _folder.Delete(recursive: true);
}
