namespace OrderToCash.Local.Servers;

/// <summary>
/// A server could not be provided; the message is a sentence for the person at the keyboard that says what to do.
/// </summary>
public sealed class ServerException(string message, Exception? inner = null) : Exception(message, inner);
