namespace OrderToCash.Collections.Notices.Messages;

/// <summary>A message says more than its channel takes, as with amounts of many currencies.</summary>
public sealed class MessageTooLongException(int length, int most)
    : Exception($"The message has {length} characters, and its channel takes {most}.");
