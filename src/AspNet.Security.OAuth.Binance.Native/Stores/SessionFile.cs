using System.Security.Cryptography;

namespace AspNet.Security.OAuth.Binance.Stores;

/// <summary>
/// A session file, the temporary files that replace it, and its lock file.
/// </summary>
internal sealed class SessionFile(string path)
{
    private const int Limit = 1024 * 1024;
    private const int RandomLength = 16;
    private const string TemporaryExtension = ".tmp";
    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly string _directory = Path.GetDirectoryName(path)!;
    private readonly string _lockPath = path + ".lock";

    /// <summary>Reads the session; <see langword="null"/> if there is no file.</summary>
    public string? Read()
    {
        PrivateFiles.CheckDirectory(_directory);
        var file = new FileInfo(path);
        if ((int)file.Attributes == -1)
        {
            return null;
        }

        if (file.Attributes.HasFlag(FileAttributes.Directory) || file.LinkTarget is not null)
        {
            throw StoreFailures.NoFile(path);
        }

        // Before the file is opened, because opening a pipe waits for its writer. A pipe and a device have no length.
        if (file.Length == 0)
        {
            throw StoreFailures.Empty(path);
        }

        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var session = SessionFormat.Decode(path, ReadContent(stream));

            // The mode is checked after the content: it does not matter for another application's file.
            return OperatingSystem.IsWindows() || (File.GetUnixFileMode(stream.SafeFileHandle) & OfOthers) == 0 ? session : throw StoreFailures.Exposed(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Another process deleted it at the same moment.
            return null;
        }
    }

    /// <summary>Replaces the session.</summary>
    public bool Write(string session)
    {
        var content = SessionFormat.Encode(session);
        if (content.Length > Limit)
        {
            throw new ArgumentException("The session is too large.", nameof(session));
        }

        PrivateFiles.CreateDirectory(_directory);

        // Throws if the existing file must not be overwritten.
        Read();
        RemoveLeftovers();
        var temporary = $"{path}.{RandomNumberGenerator.GetHexString(RandomLength, lowercase: true)}{TemporaryExtension}";

        // Open until it is renamed, so that no other process removes it as a leftover. Readers may open it right after the rename.
        using var stream = PrivateFiles.Open(temporary, FileMode.CreateNew, FileShare.Read | FileShare.Delete);
        try
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        return true;
    }

    /// <summary>Deletes the session, if there is one.</summary>
    public bool Delete()
    {
        var exists = Read() is not null;
        RemoveLeftovers();
        if (exists)
        {
            File.Delete(path);
        }

        return exists;
    }

    /// <summary>Opens the lock file, which excludes every other handle until it is closed, at the latest when the process ends.</summary>
    public FileStream Lock()
    {
        PrivateFiles.CreateDirectory(_directory);
        PrivateFiles.CheckDirectory(_directory);

        // The file is never deleted: otherwise two processes could hold the lock, one of them on the deleted file.
        return new FileInfo(_lockPath).LinkTarget is null
            ? PrivateFiles.Open(_lockPath, FileMode.OpenOrCreate, FileShare.None)
            : throw StoreFailures.NoFile(_lockPath);
    }

    private byte[] ReadContent(FileStream stream)
    {
        if (stream.Length > Limit)
        {
            throw StoreFailures.Foreign(path);
        }

        // A file that is cut at this moment ends in zeros, which its hash does not match.
        var content = new byte[stream.Length];
        stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return content;
    }

    // A temporary file of a process that was killed holds tokens. A file that a writer has open, or that is not the user's, cannot be opened here, and stays.
    private void RemoveLeftovers()
    {
        if (!Directory.Exists(_directory))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(_directory).Where(IsTemporary))
        {
            try
            {
                // For reading and writing, because opening a pipe for one of them would wait for the other end.
                File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose).Dispose();
            }
            catch (Exception exception) when (exception is FileNotFoundException or UnauthorizedAccessException || SystemErrors.IsInUse(exception))
            {
            }
        }
    }

    private bool IsTemporary(string file)
        => file.Length == path.Length + 1 + RandomLength + TemporaryExtension.Length
            && file.StartsWith(path + ".", StringComparison.Ordinal)
            && file.EndsWith(TemporaryExtension, StringComparison.Ordinal)
            && file.Substring(path.Length + 1, RandomLength).All(char.IsAsciiHexDigitLower);
}
