namespace OrderToCash.TestKit;

/// <summary>
/// One system of many processes at a time. Test programs run beside each other, and two such systems on one machine
/// starve each other until time limits of their own break them. Whoever dies gives the turn back.
/// </summary>
public sealed class TurnOfTheMachine : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly FileStream _turn;

    private TurnOfTheMachine(FileStream turn) => _turn = turn;

    /// <summary>Waits for the turn; disposing of it gives it to the next.</summary>
    public static async Task<TurnOfTheMachine> TakeAsync()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ordertocash-tests-{Environment.UserName}.turn");
        while (true)
        {
            try
            {
                return new TurnOfTheMachine(
                    new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                await Task.Delay(Interval, TimeProvider.System);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
