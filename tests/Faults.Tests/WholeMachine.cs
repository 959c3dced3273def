using OrderToCash.TestKit;

namespace OrderToCash.Faults.Tests;

/// <summary>All tests here start systems of many processes: they wait until no others do.</summary>
public sealed class WholeMachine : IAsyncLifetime
{
    private TurnOfTheMachine? _turn;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _turn = await TurnOfTheMachine.TakeAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _turn?.Dispose();
        return ValueTask.CompletedTask;
    }
}
