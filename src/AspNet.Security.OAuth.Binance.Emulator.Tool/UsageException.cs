namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>An option, its value, or the file that it names is wrong. The message says which, and what is expected.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
