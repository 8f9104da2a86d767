using System.Security.Cryptography;
using AspNet.Security.OAuth.Binance.Stores;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Keeps the session in a file of the user, for the next start of the application and for other processes of the user.
/// </summary>
/// <remarks>
/// <para>
/// On Windows the session is encrypted for the user by DPAPI, so that other users and other machines cannot read a copy of the file. Elsewhere
/// <b>it is not encrypted</b>: the mode of the file is 0600, so that other users cannot read it, but root can, and so can anyone with the disk or a
/// backup. On every system other programs of the same user can read the session.
/// </para>
/// <para>
/// The file is replaced by a rename: a process that is killed leaves either the previous or the new session, and possibly a temporary file, which the next
/// write removes. After a power failure the previous session may be restored, because the directory is not flushed.
/// </para>
/// <para>
/// Only a session of this format is overwritten or deleted: not another file at this path, a broken one, one that a newer version wrote, or a
/// symbolic link; and on Unix not a file that other users can read or write. A directory that other users can write to is not used, unless it has the
/// sticky bit as <c>/tmp</c> does; its parent directories are not checked. Each of these is a <see cref="BinanceFailure.StoreUnavailable"/> whose message
/// tells what to do.
/// </para>
/// <para>
/// The lock is a lock of the operating system on a file beside it, <c>{path}.lock</c>, which is not deleted. It does not exclude other processes if the
/// file system does not support such locks, as some network file systems do not, or if <c>DOTNET_SYSTEM_IO_DISABLEFILELOCKING</c> is set: keep the file on a
/// local disk.
/// </para>
/// </remarks>
public class FileTokenStore : IBinanceTokenStore
{
    private const string ApplicationFileName = "binance-session";

    // About a second: another process replaces the file in a far shorter time.
    private const int MaxAttempts = 20;

    private readonly SessionFile _file;
    private readonly TimeProvider _time;

    /// <summary>
    /// Initializes a store.
    /// </summary>
    /// <param name="path">The path of the file. A relative one is resolved here. Its directory is created, for this user only, if it is missing.</param>
    /// <param name="timeProvider">The clock of the wait for the lock. The default is <see cref="TimeProvider.System"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null, empty, or ends with a directory.</exception>
    public FileTokenStore(string path, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FilePath = Path.GetFullPath(path);
        if (Path.GetFileName(FilePath).Length == 0)
        {
            throw new ArgumentException("The path ends with a directory. Add the name of a file.", nameof(path));
        }

        _file = new SessionFile(FilePath);
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>
    /// Gets the full path of the file.
    /// </summary>
    public string FilePath { get; }

    /// <summary>
    /// Creates a store at the usual place for an application: <c>{name}/binance-session</c> in the user's own directory for the data of applications
    /// (<see cref="Environment.SpecialFolder.LocalApplicationData"/>; on Linux <c>$XDG_DATA_HOME</c>, or <c>~/.local/share</c>).
    /// </summary>
    /// <param name="name">The name of the application: one name of a directory that every system allows, without any of <c>/ \ : * ? " &lt; &gt; |</c>, and without a dot or a space at its end.</param>
    /// <returns>The store.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null, empty, or no such name.</exception>
    /// <exception cref="BinanceAuthenticationException">The user has no such directory (<see cref="BinanceFailure.StoreUnavailable"/>).</exception>
    public static FileTokenStore ForApplication(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Any(character => char.IsControl(character) || "/\\:*?\"<>|".Contains(character, StringComparison.Ordinal)) || name[^1] is '.' or ' ')
        {
            throw new ArgumentException("The name of the application is not the name of a directory on every system. Remove / \\ : * ? \" < > |, and a dot or a space at its end.", nameof(name));
        }

        // Not verified, because a missing directory is created with the first session.
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length == 0
            ? throw new BinanceAuthenticationException(
                BinanceFailure.StoreUnavailable, "The user has no directory for application data. Create the store with a path.")
            : new FileTokenStore(Path.Combine(data, name, ApplicationFileName));
    }

    /// <inheritdoc/>
    /// <exception cref="BinanceAuthenticationException">The file cannot be read, or is not a session (<see cref="BinanceFailure.StoreUnavailable"/>).</exception>
    public virtual ValueTask<string?> ReadAsync(CancellationToken cancellationToken) => new(RunAsync(_file.Read, "read", IsBeingReplaced, MaxAttempts, cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="session"/> is null, larger than about a megabyte, or has an unpaired surrogate.</exception>
    /// <exception cref="BinanceAuthenticationException">The file cannot be written, or the existing file is not a session (<see cref="BinanceFailure.StoreUnavailable"/>).</exception>
    public virtual ValueTask WriteAsync(string session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new(RunAsync(() => _file.Write(session), "written", IsBeingReplaced, MaxAttempts, cancellationToken));
    }

    /// <inheritdoc/>
    /// <exception cref="BinanceAuthenticationException">The file cannot be deleted, or is not a session (<see cref="BinanceFailure.StoreUnavailable"/>).</exception>
    public virtual ValueTask DeleteAsync(CancellationToken cancellationToken) => new(RunAsync(_file.Delete, "deleted", IsBeingReplaced, MaxAttempts, cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="BinanceAuthenticationException">The file of the lock cannot be created or opened (<see cref="BinanceFailure.StoreUnavailable"/>).</exception>
    public virtual async ValueTask<IAsyncDisposable?> LockAsync(CancellationToken cancellationToken)
        => await RunAsync(_file.Lock, "locked", SystemErrors.IsInUse, int.MaxValue, cancellationToken).ConfigureAwait(false);

    // Not found: another writer removed the temporary file as a leftover, between its creation and its lock.
    private static bool IsBeingReplaced(Exception exception)
        => SystemErrors.IsInUse(exception) || exception is FileNotFoundException || (OperatingSystem.IsWindows() && exception is UnauthorizedAccessException);

    private async Task<T> RunAsync<T>(Func<T> work, string what, Func<Exception, bool> isTemporary, int attempts, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // On the thread pool: the caller may be a user interface's thread, and a flush to the disk blocks.
                return await Task.Run(work, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (attempt < attempts && isTemporary(exception))
            {
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new BinanceAuthenticationException(
                    BinanceFailure.StoreUnavailable, $"The session in {FilePath} cannot be {what}: {exception.Message}", exception);
            }

            // A random delay, so that two waiting processes do not retry at the same times.
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(25, 75)), _time, cancellationToken).ConfigureAwait(false);
        }
    }
}
