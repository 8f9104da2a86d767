namespace SampleWeb.Hosting;

/// <summary>
/// The site cannot start, and the message says what to do about it.
/// </summary>
internal sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
