/** The language that networks are written in, for every folder of `ml`: TensorFlow.js has one door. */
export * from '@tensorflow/tfjs';
