namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>JSON that is not what is expected.</summary>
/// <param name="path">Where, such as <c>clients[0].redirectUris</c>; empty for all of it.</param>
/// <param name="words">What is expected.</param>
internal sealed class JsonDefectException(string path, string words) : Exception(path.Length == 0 ? words : $"{path}: {words}")
{
    public string Path => path;

    /// <summary>Runs a check of the public objects. What they throw is said of the JSON that the value came from.</summary>
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

    /// <summary>What an exception of the public objects says, without the names of C# parameters.</summary>
    public static string WordsOf(ArgumentException exception)
    {
        var message = exception.Message;
        var end = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
