namespace AspNet.Security.OAuth.Binance.Browsers;

/// <summary>
/// Chooses the program that opens the browser on this system.
/// </summary>
internal static class Openers
{
    // The default directory of Windows in WSL, for a PATH without it.
    private const string WindowsPrograms = "/mnt/c/Windows/System32";

    // WSLg and X11 forwarding over SSH set these as well.
    private static bool HasDisplay => IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY");

    /// <summary>Opens the browser.</summary>
    /// <param name="url">The address. Every user of the machine can read it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The reason why it was not opened, or <see langword="null"/> if it was.</returns>
    public static async Task<string?> OpenAsync(Uri url, CancellationToken cancellationToken)
    {
        // On every system: the browser would open on the screen of the remote machine.
        if ((IsSet("SSH_CONNECTION") || IsSet("SSH_TTY")) && !HasDisplay)
        {
            return "this is an SSH session without a display";
        }

        if (OperatingSystem.IsWindows())
        {
            return Opener.OpenByShell(url);
        }

        var reason = OperatingSystem.IsMacOS() || HasDisplay ? "there is no program to open it with, such as xdg-open" : "there is no display";
        foreach (var opener in Find(url.AbsoluteUri))
        {
            if (await opener.OpenAsync(cancellationToken).ConfigureAwait(false) is not { } failure)
            {
                return null;
            }

            reason = failure;
        }

        return reason;
    }

    private static IEnumerable<Opener> Find(string url)
    {
        if (OperatingSystem.IsMacOS())
        {
            yield return new("/usr/bin/open", [url]);
            yield break;
        }

        if (IsWindowsSubsystem())
        {
            // Before wslview, which takes seconds and requests the address itself (HEAD). Not explorer.exe, which opens some addresses as files.
            if (PathOf("rundll32.exe", WindowsPrograms) is { } rundll)
            {
                yield return new(rundll, ["url.dll,FileProtocolHandler", url]);
            }

            // Its exit code may be that of explorer.exe, which is always 1.
            if (PathOf("wslview") is { } wslview)
            {
                yield return new(wslview, [url], mayExitWith: 1);
            }
        }

        // Without a display, xdg-open would start a text browser in the application's terminal.
        if (HasDisplay && PathOf("xdg-open") is { } xdgOpen)
        {
            yield return new(xdgOpen, [url]);
        }
    }

    // Only absolute directories of the PATH: in a relative one, another user may have placed a program of that name.
    private static string? PathOf(string program, params string[] others)
        => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Concat(others)
            .Where(Path.IsPathFullyQualified)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Execute) is not UnixFileMode.None;
    }

    private static bool IsWindowsSubsystem()
    {
        if (IsSet("WSL_DISTRO_NAME"))
        {
            return true;
        }

        try
        {
            return File.ReadAllText("/proc/version").Contains("microsoft", StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
