using OrderToCash.EventSourcing;

namespace OrderToCash.Invoicing.Integration;

/// <summary>
/// Decides on a message again as long as the writes of others come first: what numbers documents cannot leave that to
/// the store, for it draws the number with the write.
/// </summary>
internal static class Rounds
{
    private const int Most = 20;

    /// <summary>
    /// Tries until it is written or nothing is left to write. Throws <see cref="ContentionException"/> after twenty
    /// rounds; the message is redelivered then.
    /// </summary>
    /// <param name="type">The kind of stream that is decided on.</param>
    /// <param name="streamId">Which one.</param>
    /// <param name="tryAsync">One round: loads, decides and writes; false where another write came first.</param>
    public static async Task UntilWrittenAsync(string type, Guid streamId, Func<Task<bool>> tryAsync)
    {
        for (var round = 0; round < Most; round++)
        {
            if (await tryAsync())
                return;
        }

        throw new ContentionException(type, streamId);
    }
}
