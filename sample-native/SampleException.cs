namespace SampleNative;

/// <summary>
/// The program cannot do what it was started for, and the message tells the user why.
/// </summary>
internal class SampleException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// It was started with arguments that it does not understand.
/// </summary>
internal sealed class UsageException(string message) : SampleException(message);
