namespace OrderToCash.CashApplication.UseCases;

/// <summary>Tells a background of this instance that there may be something for it to do.</summary>
public abstract class BackgroundSignal : IDisposable
{
    private readonly SemaphoreSlim _news = new(0, 1);

    /// <summary>Wakes it; several calls before it looks are one.</summary>
    public void Wake()
    {
        try
        {
            if (_news.CurrentCount == 0)
                _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another call was quicker: it is awake.
        }
    }

    /// <summary>Ends when woken or after this time.</summary>
    public Task WaitAsync(TimeSpan time, CancellationToken cancellation) => _news.WaitAsync(time, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _news.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Wakes <see cref="IntakeService"/>.</summary>
public sealed class IntakeSignal : BackgroundSignal;

/// <summary>Wakes <see cref="WaitingMatchService"/>.</summary>
public sealed class MatchSignal : BackgroundSignal;
