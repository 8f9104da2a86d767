using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>
/// The file of <see cref="BinanceEmulatorOptions.TokenFile"/>, and its lock, which is held while the emulator runs. Otherwise a second emulator
/// would restore tokens that the first one has revoked.
/// </summary>
internal sealed class TokenFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _lock;

    private TokenFile(string path, FileStream held) => (_path, _lock) = (path, held);

    /// <exception cref="IOException">Another emulator uses the file, or the system refuses access.</exception>
    /// <exception cref="InvalidDataException">The file is not a token file, or is broken.</exception>
    public static (TokenFile File, TokenFileContent Content) Open(string path)
    {
        FileStream? held = null;
        try
        {
            path = Path.GetFullPath(path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            held = OpenPrivate($"{path}.lock", FileMode.OpenOrCreate);
            return (new(path, held), Read(path));
        }
        catch (Exception exception)
        {
            held?.Dispose();
            if (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // An ArgumentException is thrown for an invalid path.
                throw Unusable(path, exception);
            }

            throw;
        }
    }

    /// <summary>Replaces the file by a rename, so that it is complete even if the process is killed.</summary>
    /// <exception cref="IOException">The system refuses access.</exception>
    public void Write(TokenFileContent content)
    {
        try
        {
            // This emulator holds the lock, so an existing temporary file is left over from a killed process.
            var temporary = $"{_path}.tmp";
            File.Delete(temporary);
            using (var stream = OpenPrivate(temporary, FileMode.CreateNew))
            {
                JsonSerializer.Serialize(stream, content, TokenFileJson.Default.TokenFileContent);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, _path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(_path, exception);
        }
    }

    // The lock file is not deleted: otherwise two emulators could hold locks on two files with the same name.
    public void Dispose() => _lock.Dispose();

    private static TokenFileContent Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (JsonSerializer.Deserialize(stream, TokenFileJson.Default.TokenFileContent) is { IsValid: true } content)
            {
                return content;
            }
        }
        catch (FileNotFoundException)
        {
            return TokenFileContent.Empty;
        }
        catch (JsonException)
        {
        }

        throw new InvalidDataException(
            $"The file {path} is not a token file that this Binance emulator can read. It was not changed. Delete it, or choose another one with {nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.TokenFile)}.");
    }

    private static IOException Unusable(string path, Exception exception) => new(
        $"The Binance emulator cannot use the token file {path}: {exception.Message} If another emulator uses it, stop that one, or choose another file with {nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.TokenFile)}.",
        exception);

    // The file contains tokens: on Unix it is created with access for its owner alone.
    private static FileStream OpenPrivate(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
