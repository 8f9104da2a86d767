namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>An option, its value or its file is invalid. The message has the option and the error.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
