/* What AVX2 can give at most: float32, int8 and bfloat16 products in registers, nothing read from memory.
 *
 *     gcc -O3 -fpeel-loops -funroll-all-loops -mavx2 -mfma benchmarks/int8_ceiling.c -o ceiling && ./ceiling
 *
 * Least CPU time of six rounds; twelve sums at once, so that no instruction waits for the one before it. */
#include <immintrin.h>
#include <stdio.h>
#include <time.h>

#define SUMS 12
#define EACH(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11)
#define FLOAT(i) __asm__ volatile("vfmadd231ps %1,%2,%0" : "+x"(f[i]) : "x"(x), "x"(y));
#define INT8(i) { __m256i p; __asm__ volatile("vpmaddubsw %3,%2,%1\n\tvpmaddwd %4,%1,%1\n\tvpaddd %1,%0,%0" \
    : "+x"(n[i]), "=&x"(p) : "x"(u), "x"(v), "x"(ones)); }
#define INT16(i) { __m256i p; __asm__ volatile("vpmaddwd %3,%2,%1\n\tvpaddd %1,%0,%0" \
    : "+x"(n[i]), "=&x"(p) : "x"(u), "x"(v)); }
#define BF16(i) { __m256 p, q; __asm__ volatile( \
    "vpslld $16,%3,%1\n\tvfmadd231ps %1,%4,%0\n\tvandps %5,%3,%2\n\tvfmadd231ps %2,%4,%0" \
    : "+x"(f[i]), "=&x"(p), "=&x"(q) : "x"(u), "x"(y), "x"(ones)); }
#define TIME(least, form) { double began = now(); for (long j = 0; j < times; j++) { EACH(form) } \
    double took = now() - began; if (took < least) least = took; }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(void) {
    long times = 40000000;
    double float32 = 1e9, int8 = 1e9, int16 = 1e9, bf16 = 1e9;
    for (int round = 0; round < 6; round++) {
        __m256 f[SUMS], x = _mm256_set1_ps(1e-9f), y = _mm256_set1_ps(0.5f);
        __m256i n[SUMS], u = _mm256_set1_epi8(3), v = _mm256_set1_epi8(2), ones = _mm256_set1_epi16(1);
        for (int i = 0; i < SUMS; i++) f[i] = _mm256_setzero_ps(), n[i] = _mm256_setzero_si256();
        TIME(float32, FLOAT)
        TIME(int8, INT8)
        TIME(int16, INT16)
        TIME(bf16, BF16)
    }
    double work = times * (double)SUMS / 1e9; /* operations: two for each product */
    printf("float32, vfmadd231ps:                     %4.0f GFLOP/s\n", work * 16 / float32);
    printf("int8, vpmaddubsw + vpmaddwd + vpaddd:     %4.0f (%.2f)\n", work * 64 / int8, 4 * float32 / int8);
    printf("int16, vpmaddwd + vpaddd:                 %4.0f (%.2f)\n", work * 32 / int16, 2 * float32 / int16);
    printf("bfloat16 widened in registers:            %4.0f (%.2f)\n", work * 32 / bf16, 2 * float32 / bf16);
    return 0;
}
