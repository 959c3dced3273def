namespace OrderToCash.Documents;

/// <summary>Section <c>Printer</c> of the configuration: the browser that makes PDF files.</summary>
public sealed class PrinterOptions
{
    /// <summary>Chromium's program; without it the usual places are searched.</summary>
    public string? Chromium { get; set; }

    /// <summary>
    /// Chromium's own sandbox. It needs user namespaces, which containers seldom have and root never; what is printed
    /// runs no script and reaches no network either way.
    /// </summary>
    public bool Sandbox { get; set; }

    /// <summary>Pages printed at the same time.</summary>
    public int AtOnce { get; set; } = 2;

    /// <summary>Pages that may wait for their turn; further ones are turned away.</summary>
    public int MaxWaiting { get; set; } = 50;

    /// <summary>The longest a page may take, in seconds.</summary>
    public int TimeLimitSeconds { get; set; } = 30;
}
