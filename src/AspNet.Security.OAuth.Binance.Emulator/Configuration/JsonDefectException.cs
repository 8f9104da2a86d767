using AspNet.Security.OAuth.Binance.Emulator.Setup;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>An error in JSON.</summary>
/// <param name="path">The path, such as <c>clients[0].redirectUris</c>; empty for the whole document.</param>
/// <param name="words">The error.</param>
internal sealed class JsonDefectException(string path, string words) : Exception(path.Length == 0 ? words : $"{path}: {words}")
{
    public string Path => path;

    /// <summary>Calls a public object, and converts its <see cref="ArgumentException"/> to an error at a path of the JSON.</summary>
    public static T At<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ArgumentException exception)
        {
            throw new JsonDefectException(path, WordsOf(exception));
        }
    }

    /// <summary>Checks the client or the user that JSON describes.</summary>
    public static T Checked<T>(string path, T entry)
        where T : IRegistered
        => entry.FindDefect() is { } defect ? throw new JsonDefectException(JsonShape.Member(path, defect.Property), defect.Error) : entry;

    /// <summary>Returns the message of an exception without the name of the C# parameter.</summary>
    public static string WordsOf(ArgumentException exception)
    {
        var message = exception.Message;
        var end = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
